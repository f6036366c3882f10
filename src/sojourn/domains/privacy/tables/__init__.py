"""Tables of privacy beyond consent, by subject; `models` names them all."""
