"""Names for simulated customers."""

from __future__ import annotations

FIRST_NAMES = (
    "Ada", "Adam", "Agnes", "Aidan", "Alice", "Amir", "Ana", "Anton", "Ben", "Bruno", "Carla", "Cem", "Chloe", "Clara",
    "Daan", "Dara", "Elena", "Elif", "Emil", "Emma", "Eva", "Felix", "Finn", "Greta", "Hana", "Hugo", "Ida", "Ines",
    "Iris", "Ivan", "Jana", "Jonas", "Julia", "Karim", "Lara", "Lea", "Leo", "Lina", "Luca", "Maja", "Marco", "Maria",
    "Mia", "Milan", "Nina", "Noah", "Nora", "Olga", "Omar", "Oscar", "Paul", "Petra", "Rita", "Rosa", "Samir", "Sara",
    "Sofia", "Theo", "Tom", "Vera", "Viktor", "Yara", "Zoe", "Zora",
)  # fmt: skip
LAST_NAMES = (
    "Adler", "Ahmed", "Bauer", "Becker", "Berg", "Bianchi", "Blake", "Byrne", "Carter", "Claes", "Costa", "Dahl",
    "Dupont", "Eriksen", "Ferrari", "Fischer", "Fontaine", "Garcia", "Green", "Haas", "Hansen", "Horvat", "Jansen",
    "Kaya", "Keller", "Kelly", "Klein", "Kovac", "Kowalski", "Lang", "Larsen", "Lopez", "Marin", "Martin", "Meyer",
    "Moreau", "Murphy", "Nagy", "Novak", "Okafor", "Olsen", "Pereira", "Peters", "Popov", "Ricci", "Rossi", "Ryan",
    "Santos", "Schmidt", "Silva", "Smit", "Stone", "Tanaka", "Toth", "Visser", "Walsh", "Weber", "Wolf", "Yilmaz",
    "Young",
)  # fmt: skip
