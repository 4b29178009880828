"""Issue 5/6: the planner's dashboard, tried in a real browser and measured."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

from acceptance.command import ROOT, reference
from acceptance.line import line, promise
from benchmarks import bench_web

if TYPE_CHECKING:
    from benchmarks.row import Row

ISSUE = "5/6"
WEB = "tests/web"
FILES = (
    *("test_app.py", "test_browser.py", "test_pages_browser.py", "test_siting_page.py"),
    *("test_plans_page.py", "test_data_page.py", "test_publish_page.py"),
    *("test_ledger_page.py", "test_export_page.py", "test_bad_input.py"),
    *("test_browser_office.py", "test_siting_app.py", "test_siting_values.py"),
)
_OUTCOME = re.compile(r"^(PASSED|FAILED|ERROR|SKIPPED) (?:\[\d+\] )?(\S+)", re.MULTILINE)


@cache
def _outcomes() -> dict[str, str]:
    """Run the pages' tests once: name with file to PASSED or what else came of it."""
    files = [f"{WEB}/{name}" for name in FILES]
    side_by_side = ("-n", "2", "--dist", "worksteal")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", *side_by_side, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    return {name.removeprefix(f"{WEB}/"): word for word, name in _OUTCOME.findall(done.stdout)}


def _tried(*parts: str) -> str:
    """Tell what came of the tests whose names hold one of the parts."""
    found = {
        name: word for name, word in _outcomes().items() if any(part in name for part in parts)
    }
    missing = [part for part in parts if not any(part in name for name in found)]
    passed = sum(word == "PASSED" for word in found.values())
    told = f"{passed} of {len(found)} passed: {', '.join(sorted(found)) or 'none found'}"
    if missing:
        told += f"; not found: {', '.join(missing)}"
    return promise(told, holds=not missing and passed == len(found))


@cache
def _rows() -> tuple[Row, ...]:
    """Measure the dashboard once."""
    reference("benchmarks", "generate.py")
    return tuple(bench_web.rows(quick=False))


def _measured(*parts: str) -> str:
    rows = [row for row in _rows() if any(part in row.name for part in parts)]
    told = [f"{row.name}: {row.value:,.2f} {row.unit} ({row.note})" for row in rows]
    return promise("; ".join(told), holds=bool(rows) and all(row.good is not False for row in rows))


@line(ISSUE, "A first plan on Daxing, made and drawn, outside hosts blocked")
def first_plan() -> str:
    """Open the dashboard; ask for another plan."""
    return _tried("test_first_screen_draws_the_plan", "test_a_run_is_made")


@line(ISSUE, "An own Excel file with errors is imported, mended, planned with")
def own_file() -> str:
    """Import it in the browser; mend it in the page."""
    return _tried("test_an_own_file_with_errors", "test_rows_are_mended_in_the_page")


@line(ISSUE, "A station is banned on the map, the zoom stays, undo brings it back")
def banned() -> str:
    """Ban, look at the view, undo; also by keyboard."""
    return _tried("test_a_banned_station_goes", "test_a_ban_a_key_takes_it_back")


@line(ISSUE, "Infeasible quotas are explained and relaxed by a click")
def infeasible() -> str:
    """Ask the impossible."""
    return _tried("test_impossible_quotas_are_explained", "test_clashing_quotas_are_explained")


@line(ISSUE, "Map and keyboard: why here, stations moved and added, a host's no, undo, redo")
def places_are_changed() -> str:
    """Change a plan on the siting page in every way it offers."""
    return _tried(
        "test_a_station_is_answered_by_keyboard",
        "test_a_station_is_moved",
        "test_a_place_is_added",
        "test_a_host_refuses",
        "test_a_ban_a_key_takes_it_back",
    )


@line(ISSUE, "Every question has its form; presets, settings file; every answer in two languages")
def questions_are_asked() -> str:
    """Fill the form in each way and open each kind of answer."""
    return _tried(
        "test_every_question_has_its_form",
        "test_a_preset_and_a_settings_file",
        "test_a_settings_file_comes_back",
        "test_every_preset_is_understood",
        "test_every_kind_of_answer",
    )


@line(ISSUE, "A run is cancelled <= 2 s, studies too")
def cancelled() -> str:
    """Measure from the flag to the result."""
    return _measured("cancel")


@line(ISSUE, "A refresh during a solve finds the run, during a study the study")
def refreshed() -> str:
    """Reload."""
    return _tried("test_a_run_is_made_and_survives_a_refresh", "survives_a_refresh")


@line(ISSUE, "Two sessions at once are isolated")
def isolated() -> str:
    """Run in one, look at the other."""
    return _tried("test_two_sessions_do_not_see_each_other")


@line(ISSUE, "Two plans compared: maps move together, differences, budget curve")
def compared() -> str:
    """Compare."""
    return _tried("test_two_plans_are_compared", "test_a_budget_curve")


@line(ISSUE, "The gap at 22:00 on the map and in tables; the next stations taken over")
def gap_at_night() -> str:
    """Choose the hour."""
    return _tried("test_the_gap_at_22_00", "test_the_next_stations_are_proposed")


@line(ISSUE, "Containers: the rota as calendar, map by period, files; by keyboard")
def containers() -> str:
    """Work it out."""
    return _tried("test_the_containers_rota")


@line(ISSUE, "The language is switched and stays in the address")
def language() -> str:
    """Switch."""
    return _tried("test_language_is_switched")


@line(ISSUE, "390 px wide: no page scrolls sideways")
def phone() -> str:
    """Open every page on a phone."""
    return _tried("test_no_page_scrolls_sideways", "test_phone_width")


@line(ISSUE, "First screen <= 6 s after a warm start")
def first_screen() -> str:
    """Measure."""
    return _measured("first screen")


@line(ISSUE, "Click on the map to the answer <= 1.5 s, with 10,000 candidates")
def click() -> str:
    """Measure on Daxing and on the generated city."""
    return _measured("click on a station")


@line(ISSUE, "100,000 points: payload <= 3 MB, drawn <= 4 s")
def many_points() -> str:
    """Measure on the generated city."""
    return _measured("100,000 points")


@line(ISSUE, "8 sessions at once without error, (RSS at 8 - RSS at 1) / 7 <= 60 MB")
def sessions() -> str:
    """Measure."""
    return _measured("memory of a further session")


@line(ISSUE, "axe: no serious or critical violation on any page")
def accessible() -> str:
    """Let axe look."""
    return _tried("test_no_serious_violation_on_any_page")


@line(ISSUE, "No English word on the Chinese pages, no flag, no Deploy button, no console error")
def chinese() -> str:
    """Read the pages; every browser test also watches the console and outside requests."""
    return _tried("test_no_english_word", "test_no_flag_and_no_deploy_button")


@line(ISSUE, "AppTest for every page, in both languages")
def every_page() -> str:
    """Run them."""
    return _tried(
        "test_every_page_runs_in_both_languages", "test_the_gaps_of_any_hour", "test_every_rota"
    )


@line(ISSUE, "Oldest browser stated, an older one gets a sentence; pages print whole")
def browsers() -> str:
    """Take a feature away; print."""
    return _tried("test_an_old_browser_gets_a_sentence", "test_pages_print_whole")


@line(ISSUE, "Online base maps: nothing asked for unless switched on; Amap stands shifted")
def base_maps() -> str:
    """Switch one on with its host played by the test."""
    return _tried("test_an_online_base_map")


@line(ISSUE, "Data: versions, rows edited, an own city, several layers, unsaved work survives")
def data() -> str:
    """Walk the data page."""
    return _tried(
        "test_a_row_is_edited_and_an_earlier_version",
        "test_several_imported_layers",
        "test_an_own_city_is_built",
        "test_unsaved_work_survives",
        "test_layer_and_columns_are_proposed",
        "test_pictures_and_evidence",
    )


@line(ISSUE, "Ledger: progress, claims, edits with who and why, a second list decided, export")
def ledger() -> str:
    """Walk the ledger page."""
    return _tried(
        "test_targets_of_the_article",
        "test_enterprises_are_claimed",
        "test_a_reason_is_edited",
        "test_a_second_list_is_matched",
        "test_the_exported_ledger",
    )


@line(ISSUE, "Plans: saved, copied, renamed, commented, replayed, deleted with undo; all exports")
def plans() -> str:
    """Walk the library and the export page."""
    return _tried(
        "test_copy_rename_comment",
        "test_a_deleted_plan",
        "test_a_plan_is_replayed",
        "test_every_format_is_offered",
        "test_papers_are_made_aside",
    )


@line(ISSUE, "The link leaves the draft's key out; language and name are remembered")
def link() -> str:
    """Copy the link; come back."""
    return _tried("test_the_link_holds_page", "test_language_and_name_are_remembered")


@line(
    ISSUE,
    "Bad input ends in a sentence: 300 MB, bombs, ../ names, wrong kind, script, formula, lost "
    "links",
)
def bad_input() -> str:
    """Try each."""
    return _tried(
        "test_a_file_of_300_mb",
        "test_a_bad_file_is_a_sentence",
        "test_a_bad_ledger_is_a_sentence",
        "test_a_script_in_a_name",
        "test_formulas_in_cells",
        "test_the_marked_workbook",
        "test_a_file_of_another_kind",
        "test_a_link_to_a_run_that_is_not_there",
        "test_a_link_to_a_plan_that_is_not_here",
        "test_a_link_to_data_of_another_workspace",
    )
