"""The command line: ``python -m siting --help``.

Exit status 0, or 2 with one sentence on standard error.
"""

from __future__ import annotations

import itertools
import sys

import typer

from geodata.errors import WarmStationsError
from siting import (
    commands_city,
    commands_data,
    commands_import,
    commands_look,
    commands_matches,
    commands_plan,
    commands_public,
    commands_solve,
    commands_study,
    commands_workspace,
)
from siting.i18n import LANGUAGES, error_text, t

app = typer.Typer(
    name="siting",
    help="暖心驿站规划：按四条规则选址并证明 · Warm Stations: site by the four rules, with proof.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("plan")(commands_plan.plan)
app.command("settings")(commands_plan.print_settings)
app.command("build-city")(commands_plan.build_city)
app.command("download")(commands_data.download)
app.command("import")(commands_import.import_file)
app.command("own-city")(commands_city.own_city)
app.command("template")(commands_import.template)
app.command("office")(commands_workspace.office)
app.add_typer(commands_look.look, name="look")
app.add_typer(commands_workspace.workspace, name="workspace")
app.add_typer(commands_matches.ledger, name="ledger")
app.command("verify")(commands_solve.verify)
app.command("evaluate")(commands_solve.evaluate)
app.command("curve")(commands_study.curve)
app.command("alternatives")(commands_study.others)
app.command("robust")(commands_study.robust)
app.command("explain")(commands_study.explain)
app.command("replan")(commands_study.replan)
app.command("rota")(commands_study.rota)
app.command("publish")(commands_public.publish)
app.command("take-back")(commands_public.take_back)
app.command("report")(commands_public.report)
app.command("warm-up")(commands_plan.warm_up)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    words = (sys.argv[1:] if argv is None else argv) or ["--help"]
    lang = _language(words)
    try:
        app(args=words, standalone_mode=False, prog_name="python -m siting")
    except WarmStationsError as error:
        return _refuse(error_text(lang, error))
    except typer.TyperException as error:
        return _refuse(t(lang, "cli.usage", why=_reason(error)))
    except OSError as error:
        return _refuse(t(lang, "cli.file", why=error.strerror, path=error.filename))
    except (KeyboardInterrupt, typer.Abort):
        return _refuse(t(lang, "cli.interrupted"))
    return 0


def _language(words: list[str]) -> str:
    """Find the language before anything is parsed, so that every refusal speaks it."""
    for word, following in itertools.pairwise([*words, ""]):
        asked = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and asked in LANGUAGES:
            return asked
    return "zh"


def _reason(error: typer.TyperException) -> str:
    say = getattr(error, "format_message", None)
    return str(say() if say else error)


def _refuse(sentence: str) -> int:
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
