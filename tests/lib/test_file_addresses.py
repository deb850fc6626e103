import pytest

from cehours.lib.file_addresses import names_a_host, path_names_a_host


@pytest.mark.parametrize(
    "address",
    [
        r"\\server\share\a.pdf",
        r"\/server\share",
        r"/\server\share",
        "file://server/share/a.doc",
        "FILE://10.0.0.1/a.doc",
        "file:////server/share",
        "file://///server/share",
        r"file:\\server\share",
        r"file:///\\server\share",
        "file:%5C%5Cserver/share",
        "f\tile://ser\nver/a",
        r"\\?\UNC\server\share",
        r"search-ms:query=a&crumb=location:\\server\share",
        "smb://server/share",
    ],
)
def test_an_address_of_a_file_on_another_machine_is_found_in_every_guise(address):
    assert names_a_host(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.cn/a",
        "//www.example.cn/a",
        "www.example.cn",
        "附件2.docx",
        "C:\\资料\\附件.docx",
        "file:///C:/资料/附件.docx",
        "file://C:/附件.docx",
        "file://C|/附件.docx",
        "file:/etc/hosts",
        "file:附件.docx",
        "file://localhost/C:/a.doc",
        "file:///",
        r"\\?\C:\a.doc",
        "javascript:;",
        r"javascript:a('\\n')",
        "doi:10.1000/182",
        "ftp://ftp.example.cn/a",
        "data:text/plain,a",
        "mailto:hr@example.cn",
        "",
    ],
)
def test_every_other_address_is_text(address):
    assert not names_a_host(address)


def test_a_path_of_a_file_may_name_a_host_without_backslashes():
    assert path_names_a_host("//server/share/a.pdf")
    assert not path_names_a_host("/C/a.pdf")
