"""Settings: defaults, files, refusals, hash."""

import pytest

from siting.errors import SettingsError, UnknownSettingError, UnreadableSettingsError
from siting.i18n import error_text
from siting.rules import build_rules
from siting.settings import canonical_text, replace_settings
from siting.settings_file import default_text, load_settings


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding=encoding)
    return path


def test_defaults_are_the_articles():
    settings = load_settings()
    assert settings.plan.stations == 109
    assert settings.standard.cutoff_mm == 1_000_000
    assert settings.standard.dense_cutoff_mm == 500_000
    assert [rule.id for rule in settings.rules] == ["R1", "R2", "R3", "R4"]
    assert all(rule.quota_min >= 1 for rule in settings.rules)
    assert settings.rule("R1").option("min_headcount") == 100


def test_daxing_overrules_yinghai_with_a_source():
    (overrule,) = load_settings(city_id="daxing").zones.overrule
    assert (overrule.town, overrule.kind, overrule.min_mobile) == ("110115008000", "sparse", 1)
    assert "article" in overrule.source


def test_a_file_is_laid_over_the_defaults(tmp_path):
    path = write(tmp_path, "[plan]\nstations = 7\n[rules.R2]\nquota_min = 3\n")
    settings = load_settings(path)
    assert settings.plan.stations == 7
    assert settings.rule("R2").quota_min == 3
    assert settings.rule("R1") == load_settings().rule("R1")


def test_a_file_may_take_the_overrule_away(tmp_path):
    path = write(tmp_path, "[zones]\noverrule = []\n")
    assert load_settings(path, city_id="daxing").zones.overrule == ()


def test_the_printed_default_is_the_default(tmp_path):
    path = write(tmp_path, default_text())
    assert load_settings(path) == load_settings()


def test_a_byte_order_mark_is_no_harm(tmp_path):
    assert load_settings(write(tmp_path, "[plan]\nstations = 7\n", "utf-8-sig")).plan.stations == 7


def test_equal_settings_have_equal_hashes():
    assert load_settings().hash == load_settings().hash
    assert hash(load_settings()) == hash(load_settings())
    assert replace_settings(load_settings(), plan__stations=110).hash != load_settings().hash
    assert canonical_text(load_settings()).startswith("{")


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[plan]\nstation = 7", UnknownSettingError, "plan.station"),
        ("[plans]\nstations = 7", UnknownSettingError, "plans"),
        ("[plan]\nstations = 'many'", SettingsError, "plan.stations.*whole number"),
        ("[plan]\nstations = 7.5", SettingsError, "plan.stations.*whole number"),
        ("[plan]\nstations = true", SettingsError, "plan.stations.*whole number"),
        ("plan = 7", SettingsError, "plan.*table"),
        ("[standard]\nminutes = 0", SettingsError, "standard.minutes.*> 0"),
        ("[standard]\nminutes = nan", SettingsError, "standard.minutes.*number"),
        ("[rules.R1]\nadmits = 'friends'", SettingsError, "rules.R1.admits.*cluster"),
        ("[rules.R9]\nweight = 1.0", UnknownSettingError, "rules.R9"),
        ("[plan.priorities]\ncourier = -1", SettingsError, "plan.priorities.courier"),
        ("[solver]\nstage2_share = 2.0", SettingsError, "stage2_share"),
        ("[zones]\noverrule = [{ town = '1' }]", SettingsError, r"zones.overrule\[0\]"),
        ("[plan]\nforce = 'x'", SettingsError, "plan.force.*list"),
        ("[standard.group_minutes]\npilot = 3", SettingsError, "group_minutes.*courier"),
    ],
)
def test_bad_lines_are_named(tmp_path, text, error, words):
    with pytest.raises(error, match=words):
        load_settings(write(tmp_path, text))


def test_what_must_stand_there_is_said_in_chinese(tmp_path):
    path = write(tmp_path, "[plan]\nstations = 7.5")
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert error_text("zh", caught.value) == (
        "设置：“plan.stations”是 7.5，应为 一个整数。请修改这一行。"
    )


def test_what_is_no_toml_is_said(tmp_path):
    with pytest.raises(UnreadableSettingsError, match=r"plan\.toml"):
        load_settings(write(tmp_path, "[plan\nstations"))
    with pytest.raises(UnreadableSettingsError, match=r"plan\.toml"):
        load_settings(write(tmp_path, "# 设置\n", "gb18030"))
    with pytest.raises(UnreadableSettingsError, match="absent"):
        load_settings(tmp_path / "absent.toml")


def test_replace_reaches_into_rules_and_refuses_unknown_names():
    settings = replace_settings(load_settings(), rules__R3__admits="public")
    assert settings.rule("R3").admits == "public"
    with pytest.raises(UnknownSettingError, match="statoins"):
        replace_settings(settings, plan__statoins=3)


def test_a_disabled_rule_is_not_built():
    settings = replace_settings(load_settings(), rules__R4__enabled=False)
    assert [rule.id for rule in build_rules(settings)] == ["R1", "R2", "R3"]
