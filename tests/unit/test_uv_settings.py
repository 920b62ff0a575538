"""pip's settings in uv's words: what uv is told on machines where only pip was set up."""

import pytest

from tools.uv_settings import read_settings

LISTING = """\
:env:.cert='/etc/ssl/our.crt'
:env:.default-timeout='180'
global.cert='/etc/ssl/other.crt'
global.index-url='https://one.example/simple'
install.index-url='https://two.example/simple'
install.extra-index-url='\\nhttps://three.example/simple\\nhttps://four.example/simple'
"""


def test_the_strongest_setting_is_told():
    assert read_settings(LISTING) == {
        "SSL_CERT_FILE": "/etc/ssl/our.crt",
        "UV_DEFAULT_INDEX": "https://two.example/simple",
        "UV_INDEX": "https://three.example/simple https://four.example/simple",
    }


@pytest.mark.parametrize("said", ["", "nonsense\n", "download.index-url='x'\n"])
def test_nothing_to_tell(said):
    assert read_settings(said) == {}


def test_a_folder_that_is_not_there_is_left_out(tmp_path):
    links = f"global.find-links='{tmp_path} {tmp_path}/gone https://one.example/wheels'"
    expected = f"{tmp_path},https://one.example/wheels"
    assert read_settings(links) == {"UV_FIND_LINKS": expected}
