"""What a content really asks for, its script's SETs included."""

import pytest

from rheostat.core.effective import effective_conf, launch_conf, parallelism_in
from rheostat.core.local_conf import count_taskmanagers
from rheostat.model.job import Content, Resources

INSERT = "INSERT INTO b SELECT x FROM a;"
DEFAULT, TABLE = "parallelism.default", "table.exec.resource.default-parallelism"
SQL = {
    "nothing": ("", {DEFAULT: "2"}, 2),
    "SET": (f"SET '{DEFAULT}' = '4';", {DEFAULT: "4"}, 4),
    "SET unquoted": (f"SET {DEFAULT} = 4;", {DEFAULT: "4"}, 4),
    "the last one counts": (f"SET '{DEFAULT}' = '4'; SET '{DEFAULT}' = '3';", {DEFAULT: "3"}, 3),
    "SQL's own": (f"SET '{TABLE}' = '5';", {DEFAULT: "2", TABLE: "5"}, 5),
    "SQL's own, off": (f"SET '{TABLE}' = '-1';", {DEFAULT: "2", TABLE: "-1"}, 2),
    "RESET of it": (f"SET '{DEFAULT}' = '4'; RESET '{DEFAULT}';", {DEFAULT: "2"}, 2),
    "RESET of all": (f"SET '{DEFAULT}' = '4'; RESET;", {DEFAULT: "2"}, 2),
    "a comment": (f"-- SET '{DEFAULT}' = '4';\n", {DEFAULT: "2"}, 2),
    "a SET without a value": (f"SET '{DEFAULT}';", {DEFAULT: "2"}, 2),
}


@pytest.mark.parametrize("case", SQL)
def test_sets_are_folded_into_the_configuration(case):
    sql, conf, parallelism = SQL[case]
    content = Content(sql=sql + INSERT, resources=Resources(parallelism=2))
    assert effective_conf(content) == conf
    assert parallelism_in(effective_conf(content)) == parallelism
    launched = {"taskmanager.numberOfTaskSlots": "1", **launch_conf(content)}
    assert count_taskmanagers(launched) == parallelism


def test_only_what_sizes_the_engine_is_launched_with():
    content = Content(
        sql=f"SET 'state.backend.type' = 'rocksdb'; SET '{DEFAULT}' = 'many';{INSERT}"
    )
    assert effective_conf(content)["state.backend.type"] == "rocksdb"
    assert launch_conf(content) == {}
