"""What the demo prints when it is ready: the address, who can sign in, and a code for a phone."""

from __future__ import annotations

import io
import socket
from collections.abc import Mapping, Sequence

import qrcode
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

OPEN_HOSTS = ("0.0.0.0", "::")


def lan_address() -> str | None:
    """Give this machine's address in the local network; None when it is in none.

    No packet is sent: connecting a datagram socket only asks the system which way it would go.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documents
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def print_invitation(
    console: Console, *, company: str, url: str, sign_ins: Mapping[str, Sequence[str]], public: str | None
) -> None:
    """Print the box with address and sign-ins; with a public address a warning and its code too."""
    grid = Table.grid(padding=(0, 2))
    for _ in range(3):  # folded where the terminal is narrow: an address cut short signs nobody in
        grid.add_column(overflow="fold")
    grid.add_row("[bold]Open[/bold]", f"[bold cyan]{url}/[/bold cyan]")
    grid.add_row("[bold]Sign in as[/bold]", "[bold]with[/bold]", "[bold]and[/bold]")
    for role, (mail, password) in sign_ins.items():
        grid.add_row(role, mail, password)
    grid.add_row("Stop", "Ctrl+C")
    console.print(Panel(grid, title=f"Sojourn: {company}", expand=False, padding=(1, 2)))
    if public:
        print_public(console, public)


def print_public(console: Console, url: str) -> None:
    """Print the warning, the address and the code for phones on the same network."""
    console.print(
        "[bold yellow]Everybody on this network can reach this server.[/bold yellow] The connection is not encrypted; "
        "use it in a network that you trust and stop it afterwards."
    )
    console.print(f"From a phone on the same network: [bold cyan]{url}/[/bold cyan]")
    console.print(code(f"{url}/"), highlight=False, markup=False)


def code(text: str) -> str:
    """Draw a text as a QR code in characters."""
    drawing = qrcode.QRCode(border=2)
    drawing.add_data(text)
    drawn = io.StringIO()
    drawing.print_ascii(out=drawn, invert=True)
    return drawn.getvalue()
