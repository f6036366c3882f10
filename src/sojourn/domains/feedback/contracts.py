"""Words of feedback."""

from __future__ import annotations

from sojourn.domains.feedback.words.answers import GivenAnswer as GivenAnswer
from sojourn.domains.feedback.words.answers import HeldResponse as HeldResponse
from sojourn.domains.feedback.words.answers import Link as Link
from sojourn.domains.feedback.words.answers import LinkTerms as LinkTerms
from sojourn.domains.feedback.words.answers import Progress as Progress
from sojourn.domains.feedback.words.answers import RefusedAnswer as RefusedAnswer
from sojourn.domains.feedback.words.answers import ResponseState as ResponseState
from sojourn.domains.feedback.words.answers import Sent as Sent
from sojourn.domains.feedback.words.answers import TakenAnswers as TakenAnswers
from sojourn.domains.feedback.words.answers import Visit as Visit
from sojourn.domains.feedback.words.asks import Invitations as Invitations
from sojourn.domains.feedback.words.asks import Invited as Invited
from sojourn.domains.feedback.words.asks import Opportunities as Opportunities
from sojourn.domains.feedback.words.asks import Spared as Spared
from sojourn.domains.feedback.words.comments import Comment as Comment
from sojourn.domains.feedback.words.comments import CommentKind as CommentKind
from sojourn.domains.feedback.words.comments import Understanding as Understanding
from sojourn.domains.feedback.words.comments import Understood as Understood
from sojourn.domains.feedback.words.hub import CommentFigures as CommentFigures
from sojourn.domains.feedback.words.hub import CommentLine as CommentLine
from sojourn.domains.feedback.words.hub import CommentsAsked as CommentsAsked
from sojourn.domains.feedback.words.hub import CommentsPage as CommentsPage
from sojourn.domains.feedback.words.hub import Phrase as Phrase
from sojourn.domains.feedback.words.hub import ScoreFigure as ScoreFigure
from sojourn.domains.feedback.words.surveys import SCALES as SCALES
from sojourn.domains.feedback.words.surveys import Question as Question
from sojourn.domains.feedback.words.surveys import QuestionKind as QuestionKind
from sojourn.domains.feedback.words.surveys import Quota as Quota
from sojourn.domains.feedback.words.surveys import Survey as Survey
from sojourn.domains.feedback.words.surveys import SurveyRecord as SurveyRecord
from sojourn.domains.feedback.words.surveys import SurveyState as SurveyState
from sojourn.domains.feedback.words.surveys import SurveyTemplate as SurveyTemplate
from sojourn.domains.feedback.words.surveys import SurveyVersion as SurveyVersion
from sojourn.domains.feedback.words.surveys import VersionState as VersionState
