"""Each wrong command says what is wrong; the table in the documents is this one."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from sojourn.kit import lock
from surfaces.cli.conftest import Command

pytestmark = pytest.mark.django_db(databases="__all__")
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "bad-input.md"
MARK, END = "<!-- commands -->", "<!-- /commands -->"


@dataclass(frozen=True)
class Case:
    """A wrong command; `{folder}` is an empty folder."""

    what: str
    line: str
    code: int
    said: str
    stdin: str = ""


CASES = [
    Case("A command that does not exist", "sojourn serv", 2, "No such command 'serv'."),
    Case("A master key that is to be forgotten by name", "sojourn encryption retire abc", 2, "Got unexpected extra argument (abc)"),
    Case("A backup that is not there", "sojourn backup verify 20260101T000000000000Z", 1, "There is no such backup."),
    Case("A restore from a folder without backups", "sojourn restore {folder} --into {folder}/new --passphrase-file {folder}/a.csv", 1, "There are no backups in"),
    Case("An option that does not exist", "sojourn events --form 2026-01-01", 2, "No such option '--form'."),
    Case("A file that does not exist", "sojourn import nowhere.csv", 2, "Path 'nowhere.csv' does not exist."),
    Case("A folder without files of events", "sojourn import {folder}", 2, "No files to load here; they end in .csv"),
    Case("A file of an unknown preset", "sojourn import --as nothing {folder}/a.csv", 1, "nothing"),
    Case("A time zone that does not exist", "sojourn import --time-zone Berlin {folder}/a.csv", 1, "There is no time zone 'Berlin'."),
    Case("A word for blank cells that is none", "sojourn import --blank drops {folder}/a.csv", 2, "'drops' is not one of 'keeps', 'clears'."),
    Case("A source's name that is no slug", "sojourn source add 'Our Web'", 1, "slug: "),
    Case("A source that is there already", "sojourn source add twice", 1, "a source with this slug (or this write key) is there already."),
    Case("A source that is not there", "sojourn source rotate nothing", 1, "There is no source with this slug."),
    Case("A change that changes nothing", "sojourn source change twice", 2, "Say what to change"),
    Case("A rate that cannot be", "sojourn source add web --rate 5000000", 2, "5000000 is not in the range 0<=x<=1000000."),
    Case("A mail address that is none", "sojourn user add ana", 1, "email: this is not a mail address.", "a long enough one\n"),
    Case("A password that is too short", "sojourn user add ana@example.com", 1, "password: This password is too short.", "short\n"),
    Case("An invitation of somebody who signs in already", "sojourn user invite root@example.com", 1, "Somebody signs in with this mail address already."),
    Case("The lost factor of nobody", "sojourn user reset-factor bo@example.com", 1, "Nobody signs in as bo@example.com."),
    Case("No password at all", "sojourn user add ana@example.com", 2, "Give the password on standard input; it is never an argument."),
    Case("A role that does not exist", "sojourn user add ana@example.com --role boss", 1, "role: there is no such role.", "quiet harbour at dusk\n"),
    Case("Somebody who does not sign in", "sojourn user role bo@example.com viewer", 1, "Nobody signs in as bo@example.com."),
    Case("Taking the last administrator's role", "sojourn user role root@example.com viewer", 1, "This is the last administrator; make somebody else one first."),
    Case("A saved question that is not there", "sojourn questions run nothing", 1, "There is no such saved question, or only its owner may open it."),
    Case("A question of a page that has none", "sojourn questions save People /settings/people/", 1, "address: must be a page's, such as /journeys/explorer?period=28"),
    Case("A question about somebody", "sojourn questions save Ana '/journeys/explorer?f=ana@example.com'", 1, "address: f cannot be what it says here."),
    Case("Customers of a step that nobody had", "sojourn customers step Nothing", 1, "Nothing is not among the steps shown; show more steps."),
    Case("Customers of a funnel, reached and lost at once", "sojourn customers funnel A B --reached 1 --lost 1", 2, "Give --reached or --lost, not both."),
    Case("A request that is not there", "sojourn requests work 12345", 1, "There is no request of this number."),
    Case("A request that nobody could answer", "sojourn requests open access", 1, "give a mail address or a phone number, so that we can answer."),
    Case("A request under a law that is not there", "sojourn requests open access --email a@example.com --regulation moon", 1, "regulation: one of gdpr, uk_gdpr, ccpa, lgpd, pipeda, other."),
    Case("A correction without its value", "sojourn requests open rectification --email a@example.com --correct name", 2, "--correct needs TRAIT=VALUE."),
    Case("Holidays of a year that cannot be", "sojourn requests holidays 1800", 2, "1800 is not in the range 1900<=x<=2199."),
    Case("A certificate of an erasure that was not", "sojourn requests certificate 12345", 1, "There is no erasure of this number."),
    Case("Lifting a restriction of nobody", "sojourn requests unrestrict 12345", 1, "There is no such customer."),
    Case("Lifting a tombstone that does not lie", "sojourn requests lift user nobody", 1, "No tombstone lies on this identifier."),
    Case("A retention rule with a name that cannot be", "sojourn requests retain 'Page Views' 30 --title Views", 1, "name"),
    Case("Forgetting a retention rule that is not there", "sojourn requests forget-rule nothing", 1, "There is no retention rule of this name."),
    Case("A duty that keeps nothing", "sojourn duties save bank --title Bank --law AMLD --months 60", 1, "events: name what is kept"),
    Case("Deleting a duty that is not there", "sojourn duties delete nothing", 1, "There is no duty of this name."),
    Case("A hold on nobody", "sojourn holds place 12345 --until 2090-01-01 --reason Case", 1, "There is no such customer."),
    Case("A hold until no day", "sojourn holds place 12345 --until soon --reason Case", 1, "until: "),
    Case("Releasing a hold that is not there", "sojourn holds release 12345 --reason Settled", 1, "There is no hold of this number."),
    Case("A kept digest that is none", "sojourn audit verify --kept 12", 1, "kept: give place:digest as an earlier check said them."),
    Case("Audit entries of a period that ends before it begins", "sojourn audit list --since 2026-02-01T00:00:00Z --until 2026-01-01T00:00:00Z", 1, "until: must lie after since."),
    Case("A pickup without its secret", "sojourn pickups make branches sftp --source shop --every 60", 2, "Give --secret-file"),
    Case("A pickup that is not there", "sojourn pickups look branches", 1, "There is no such pickup."),
    Case("A webhook to a private address", "sojourn webhooks make crm https://10.0.0.1/ --event Paid", 1, "url: leads to a private address."),
    Case("A webhook that is not there", "sojourn webhooks test crm", 1, "There is no such webhook."),
    Case("A replay of one message and of a period", "sojourn webhooks replay crm --message 1 --since 2026-01-01T00:00:00Z", 2, "Give --message or a period, not both."),
    Case("SQL without an extract", "sojourn sql 'SELECT 1'", 2, "there is none yet: sojourn extracts make NAME."),
    Case("Audit entries into a folder that is not there", "sojourn audit export {folder}/nowhere/audit.jsonl", 2, "No such file or directory."),
    Case("A proposal that is not there", "sojourn identity accept 12345", 1, "There is no such proposal."),
    Case("Why is nobody one", "sojourn identity why 12345", 1, "There is no such customer."),
    Case("Merging nobody", "sojourn identity merge 12345 12346", 1, "There is no such customer."),
    Case("Undoing a decision that is not there", "sojourn identity unmerge 12345", 1, "There is no such decision."),
    Case("Taking out an edge of nobody", "sojourn identity take-out 12345 1", 1, "There is no such customer."),
    Case("Rules to apply without a file", "sojourn identity rules --apply", 2, "--apply needs --file."),
    Case("Rules that were never changed, taken back", "sojourn identity rules --undo", 1, "The rules were never changed."),
    Case("A bulk decision about another number than told", "sojourn identity decide reject --probability-from 0.9 --expected 3", 1, "There are 0 now, not 3. Nothing was done; look again."),
    Case("Merging by itself below the least probability", "sojourn identity matching --merge-above 0.5", 1, "merge_above: Input should be greater than or equal to 0.9"),
    Case("Consents of a customer who is not there", "sojourn consents of 12345", 1, "There is no such customer."),
    Case("A choice that says nothing", "sojourn consents note 12345", 2, "Say what they allow or refuse: --yes PURPOSE or --no PURPOSE."),
    Case("A file of consents of nobody", "sojourn consents import -", 1, "text: no column says whose consent it is; name it customer, user_id or email.", "purpose,allowed\n"),
    Case("A link for a customer who is not there", "sojourn consents link 12345", 1, "There is no such customer."),
    Case("An export for a purpose that is not there", "sojourn export {folder}/a.csv --purpose gossip", 1, "There is no such purpose; there are complaints,"),
    Case("A purpose with a name that cannot be", "sojourn purposes save No! --title No --basis opt_in", 1, "purpose"),
    Case("Making a purpose refusable that is not", "sojourn purposes save service --title Service --basis opt_in", 1, "basis: a purpose that customers can refuse stays one; make another for other reasons."),
    Case("A notice without a language", "sojourn purposes notice marketing --text e1 News 'We send news.'", 1, "texts: 'e1' is not a language code such as en or pt-BR."),
    Case("A customer who is not there", "sojourn customer show 12345", 1, "There is no such customer."),
    Case("A note about nobody", "sojourn customer note 12345 Called", 1, "There is no such customer."),
    Case("A list sorted by a trait that is not there", "sojourn customer list --sort nothing", 1, "There is no such computed trait."),
    Case("A list of people by who they are", "sojourn customer list --known email=ana@example.com", 1, "known: email tells who somebody is; find one customer by it in the search instead."),
    Case("Comments of a customer who is not there", "sojourn comments list --customer 12345", 1, "There is no such customer."),
    Case("A search in comments for no word", 'sojourn comments list "!"', 1, "text: give one to 10 words."),
    Case("Figures of comments of a period that ends before it begins", "sojourn comments figures --since 2026-02-01 --until 2026-01-01", 1, "until: must lie after since."),
    Case("A customer case that is not there", "sojourn desk show 12345", 1, "There is no customer case of this number."),
    Case("A customer case of nobody", "sojourn desk open 12345 --reason low-score", 1, "There is no such customer."),
    Case("An owner of a customer case that is not there", "sojourn desk assign 12345 me", 1, "There is no customer case of this number."),
    Case("A due time that is past", "sojourn desk due 1 2020-01-01T00:00:00Z --text a", 1, "due_at: choose a time to come."),
    Case("A note in a customer case that is not there", "sojourn desk note 12345 Called", 1, "There is no customer case of this number."),
    Case("A customer case moved that is not there", "sojourn desk move 12345 waiting", 1, "There is no customer case of this number."),
    Case("A rule that asks for nothing", "sojourn desk rules save all --reason any", 1, "Ask for something: every comment would open a case."),
    Case("A rule about a score of nothing", "sojourn desk rules try --reason any --score-most 6", 1, "measure: say of which score, such as nps; scales differ."),
    Case("A rule that is not there", "sojourn desk rules delete nothing", 1, "There is no such rule."),
    Case("A list of no customer cases", "sojourn desk list --limit 0", 2, "--limit"),
    Case("A survey that is not there", "sojourn surveys show nothing", 1, "There is no such survey."),
    Case("A survey from nothing", "sojourn surveys save visit", 2, "Give a file or --template."),
    Case("A survey from a template that is not there", "sojourn surveys save visit --template x", 2, "There is no such template: sojourn surveys templates."),
    Case("A survey that asks on another scale", "sojourn surveys save visit -", 1, "question 1 (q): scale: ces is asked on 1-5; another scale is another question.", "title: {en: A}\nquestions: [{id: q, kind: ces, scale: 1-7, text: {en: How}}]"),
    Case("An approval of a survey that is not there", "sojourn surveys approve nothing", 1, "There is no such survey."),
    Case("A start of a survey that is not there", "sojourn surveys start nothing", 1, "There is no such survey."),
    Case("An end of a survey that is not there", "sojourn surveys end nothing", 1, "There is no such survey."),
    Case("Links of a survey that is not there", "sojourn surveys links nothing", 1, "There is no such survey."),
    Case("A link to a survey that is not there", "sojourn surveys link nothing exit", 1, "There is no such survey."),
    Case("An invitation to a survey that is not there", "sojourn surveys invite nothing --anyone 1", 1, "There is no such survey."),
    Case("An invitation of nobody", "sojourn surveys invite visit", 2, "Name customers by number, or say --anyone."),
    Case("Held answers of a survey that is not there", "sojourn surveys held nothing", 1, "There is no such survey."),
    Case("Held answers that are not there", "sojourn surveys judge nothing 1 --discard", 1, "There is no such survey."),
    Case("The invited of a survey that is not there", "sojourn surveys invited nothing", 1, "There is no such survey."),
    Case("A link that is not there", "sojourn surveys switch nothing 1 --off", 1, "There is no such link."),
    Case("A saved list that asks for nothing that is there", "sojourn lists save Rich colour=red", 1, "colour: a list has no such parameter, or only one of it."),
    Case("A saved list that is not there", "sojourn lists change nothing --name Other", 1, "There is no such saved list, or only its owner may open it."),
    Case("A change of a saved list that changes nothing", "sojourn lists change nothing", 2, "Say what changes: --name, --query, --private or --shared."),
    Case("A deleted list that was never there", "sojourn lists restore nothing", 1, "There is no such saved list, or only its owner may open it."),
    Case("Removing a list that is not there", "sojourn lists remove nothing", 1, "There is no such saved list, or only its owner may open it."),
    Case("A file in the shape of no tool", "sojourn customer export {folder}/a.csv --shape excel", 2, "'excel' is not one of"),
    Case("Tickets in the shape of no tool", "sojourn export {folder}/a.csv --shape jira-tickets", 1, "shape: one of dynamics-cases, dynamics-orders,"),
    Case("A tool's shape in another format", "sojourn export {folder}/a.csv --shape zendesk-tickets --format xes", 2, "--shape writes a tool's CSV; it does not go with --format."),
    Case("A computed trait of nothing", "sojourn traits save which unique", 1, "of: say what is told: event, or a dimension such as channel."),
    Case("A computed trait's condition that is none", "sojourn traits save which unique --where app", 2, "write DIMENSION:VALUE, such as channel:web."),
    Case("An account that is not there", "sojourn accounts show 12345", 1, "There is no such account."),
    Case("Somebody in an account who is not there", "sojourn accounts join household H-1 --customer 12345", 1, "There is no such customer."),
    Case("A household that is a product", "sojourn accounts save household H-1 --product card", 1, "product: a household is none; leave it empty."),
    Case("A file of accounts without their numbers", "sojourn accounts import -", 1, "text: no column says which account a row is about", "kind,name\n"),
    Case("A rule by which nobody is a customer", "sojourn accounts prospects --not-by-number --not-by-account", 1, "choose at least one, or nobody is a customer."),
    Case("A search for nobody", "sojourn customer search", 2, "Say whom to look for."),
    Case("A key that does not exist", "sojourn keys revoke 12345", 1, "There is no such key."),
    Case("A plan that is not YAML", "sojourn plan save -", 1, "line 1: this is not YAML", "events: [a"),
    Case("A plan with an unknown type", "sojourn plan save -", 1, "line 1: events.A.properties.x: unknown type 'text'", "events: {A: {properties: {x: text}}}"),
    Case("A plan that is not UTF-8 text", "sojourn plan save {folder}/a.bin", 2, "is not UTF-8 text."),
    Case("A version of the plan that is not there", "sojourn plan show --version 9", 1, "There is no plan of this version."),
    Case("A role that comes with Sojourn", "sojourn roles save viewer --right figures.read", 1, "slug: this role comes with Sojourn and stays as it is"),
    Case("An employee who does not sign in", "sojourn user employee bo@example.com E-1", 1, "Nobody signs in as bo@example.com."),
    Case("A role to somebody who does not sign in", "sojourn user grant bo@example.com viewer", 1, "Nobody signs in as bo@example.com."),
    Case("A role for a unit that is not there", "sojourn keys create new --unit nowhere", 1, "unit: there is no such unit."),
    Case("A league of a level that is not there", "sojourn league nps planet", 1, "level: choose one of"),
    Case("A unit that is not there", "sojourn units move nowhere --since 2026-01-01", 1, "unit nowhere: does not stand in the tree on 2026-01-01."),
    Case("A change of the tree that never was", "sojourn units undo", 1, "There is no change of the tree to take back."),
    Case("Units with a cycle", "sojourn units save -", 1, "stands below itself", "code,name,kind,parent\na,A,team,b\nb,B,team,a\n"),
    Case("A unit without a name", "sojourn units save -", 1, "line 2: name is missing.", "code,name,kind\na,,team\n"),
    Case("A day that is none", "sojourn units list --at 2026-02-30", 2, "'2026-02-30' does not match the format"),
    Case("A time that is none", "sojourn events --since yesterday", 2, "'yesterday' is no time such as 2026-01-31"),
    Case("A period that ends before it begins", "sojourn events --since 2026-02-01 --until 2026-01-01", 1, "until: must lie after since."),
    Case("A filter without a colon", "sojourn events --where web", 2, "'web' is not dimension:value, such as channel:web."),
    Case("A funnel without steps", "sojourn funnel", 2, "Missing argument 'STEPS...'."),
    Case("A funnel over an event that never happened", "sojourn funnel Opened", 1, "Opened"),
    Case("A comparison of something with itself", "sojourn compare graph", 1, "both sides are the same"),
    Case("A period before that has no beginning", "sojourn compare graph --before --until 2026-01-01", 1, "only a period with a beginning and an end has one before it."),
    Case("Cases without a start", "sojourn cases --goal Paid", 1, "start: name the event that begins the journey."),
    Case("A journey that is not there", "sojourn journeys completion nothing", 1, "There is no such journey."),
    Case("A journey's outcome without an event", "sojourn journeys save card --start A --goal B --outcome declined", 2, "'declined' is not name=event"),
    Case("Drivers of a KPI that is not of answers", "sojourn drivers completion_rate", 1, "is not a figure of answers to a survey."),
    Case("A change of an open period, taken apart", "sojourn mix nps --until 2026-01-01", 1, "period: only one with a beginning and an end"),
    Case("A population that is not there", "sojourn weights score nps nobody", 1, "There is no such population."),
    Case("Shares that do not add up", "sojourn weights save a -", 1, "channel: the shares add up to 1.100, not 1.", "name: A\nmargins: {channel: {web: 0.5, app: 0.6}}"),
    Case("A fact without its end", "sojourn facts save -", 1, "until: the event that ends the minutes", "- {slug: wait, name: Wait, kind: minutes, event: A}"),
    Case("A KPI that does not exist", "sojourn kpi happiness", 1, "There is no KPI happiness."),
    Case("A delivery that does not exist", "sojourn deliveries cancel 12345", 1, "There is no delivery of this number."),
    Case("A refused item that does not exist", "sojourn quarantine show 12345", 1, "This refused item is not there (any more)."),
    Case("A server that does not answer", "sojourn events --url http://127.0.0.1:9", 3, "The server at http://127.0.0.1:9 does not answer"),
    Case("An address that is none", "sojourn events --url nowhere", 2, "begins with http:// or https://"),
        Case("A data folder that somebody works on", "sojourn events --data {folder}/held", 3, "is in use by process"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, sojourn: Command) -> Path:
    """A folder with what the cases name."""
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\x00")
    sojourn("source", "add", "twice")
    sojourn("user", "add", "root@example.com", "--role", "administrator", stdin="quiet harbour at dusk\n")
    return tmp_path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_wrong_command_says_what_is_wrong(
    case: Case, folder: Path, sojourn: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "a.csv" in case.line:
        (folder / "a.csv").write_text("timestamp,event,user_id\n2026-01-01T00:00:00Z,A,u1\n")
    if "held" in case.line:
        monkeypatch.setenv("SOJOURN_DATA", "")  # restored after the command has set it
        with lock.hold(folder / "held"):
            done = sojourn(*_arguments(case, folder), stdin=case.stdin)
    else:
        done = sojourn(*_arguments(case, folder), stdin=case.stdin)
    assert (done.code, done.out) == (case.code, "")
    assert case.said in " ".join(done.err.split()), done.err
    assert "Traceback" not in done.err


def test_the_documents_list_these_cases() -> None:
    assert _table() in PAGE.read_text()


def _arguments(case: Case, folder: Path) -> list[str]:
    return shlex.split(case.line.replace("{folder}", str(folder)))[1:]


def _table() -> str:
    rows = ["| What was typed | Command | Exit code | What stands on standard error |", "| --- | --- | --- | --- |"]
    for case in CASES:
        line = case.line.replace("{folder}", "FOLDER") + (f" <<< {json.dumps(case.stdin)}" if case.stdin else "")
        rows.append(f"| {case.what} | `{line}` | {case.code} | … {case.said} … |")
    return "\n".join([MARK, *rows, END])
