"""Mail: what it says, what came with it, and what hostile mail must not do."""

from __future__ import annotations

import base64
from email.header import Header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.describe.cases import cases
from ingest.flow.inspect import inspect
from ingest.page import Extract
from ingest.readers import kind_of, read
from kb.base.errors import ReadError
from kb.base.messages import render
from tests.support.words import p, word

BODY = "宍粟市では窓口の書類を減らしました。\n\n■ 効果\n待ち時間が10分短くなりました。\n"


def mail(content: bytes, name: str = "a.eml") -> Extract:
    return read(Path(name), content)


def text_of(extract: Extract) -> str:
    return extract.pages[0].text


def made(subject: str = "窓口の見直し", body: str = BODY) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "someone@example.jp"
    message["Date"] = "Fri, 10 May 2024 09:00:00 +0900"
    message["Subject"] = subject
    message.set_content(body, charset="utf-8")
    return message


def raw(headers: str, body: bytes) -> bytes:
    return (
        f"From: a@example.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\n{headers}\r\n\r\n".encode()
        + body
    )


# -- what it says -----------------------------------------------------------------------------------


def test_a_mail_is_its_subject_its_day_and_its_text() -> None:
    found = mail(made().as_bytes())
    assert found.reader == "mail"
    assert found.front_matter["title"] == "窓口の見直し"
    assert found.front_matter["created"] == "2024-05-10"
    assert (
        text_of(found)
        == "宍粟市では窓口の書類を減らしました。\n効果\n待ち時間が10分短くなりました。"
    )
    (case,), _ = cases(found)
    assert (case.title, case.municipality, case.year) == ("窓口の見直し", "宍粟市", 2024)
    assert case.source_title == "メール（2024年5月10日）"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("iso-2022-jp", "iso2022_jp"), ("ISO-2022-JP-MS", "iso2022_jp_ext"), ("cp50221", "iso2022_jp"),
        ("shift_jis", "cp932"), ("windows-31j", "cp932"), ("euc-jp", "euc_jp"), ("utf-8", "utf-8"),
        ("us-ascii", "cp932"), ("utf-8", "cp932"), ("iso-8859-1", "cp932"), ("windows-1252", "utf-8"),
        ("no-such-charset", "euc_jp"), ("x" * 5000, "utf-8"), ("utf-16", "utf-8"),
    ],
)  # fmt: skip
def test_the_text_is_read_whatever_its_charset_claims(charset: str, codec: str) -> None:
    body = "養父市は、遠隔の窓口相談をはじめました。\n住民票の写しは三日後に届きます。".encode(
        codec
    )
    found = mail(raw(f"Content-Type: text/plain; charset={charset}", body))
    assert "養父市は、遠隔の窓口相談をはじめました。" in text_of(found)


def test_latin_text_stays_latin() -> None:
    body = "Les fenêtres de la mairie sont fermées à l’été.".encode("cp1252")
    found = mail(raw("Content-Type: text/plain; charset=windows-1252", body))
    assert "fenêtres" in text_of(found)


@pytest.mark.parametrize(
    "subject",
    [
        Header("窓口の見直しと書かない申請のお知らせ（第2報）", "iso-2022-jp").encode(),
        Header("窓口の見直しと書かない申請のお知らせ（第2報）", "utf-8").encode(),
        "=?UTF-8?B?" + base64.b64encode("窓口の見直しと書かない申請のお知らせ（第2報）".encode()).decode() + "?=",
        "=?utf-8?B?" + base64.b64encode("窓口の見直し".encode()[:7]).decode() + "?= =?utf-8?B?"
        + base64.b64encode("窓口の見直し".encode()[7:] + "と書かない申請のお知らせ（第2報）".encode()).decode() + "?=",
        "窓口の見直しと書かない申請のお知らせ（第2報）",
    ],
)  # fmt: skip
def test_subjects_are_read_however_they_are_encoded(subject: str) -> None:
    content = f"From: a@b.jp\r\nSubject: {subject}\r\n\r\n本文です。\r\n".encode()
    title = mail(content).front_matter["title"]
    assert title == "窓口の見直しと書かない申請のお知らせ（第2報）"


def test_a_raw_subject_in_shift_jis_is_read() -> None:
    content = "From: a@b.jp\r\nSubject: 書かない窓口のご案内\r\n\r\n本文です。\r\n".encode("cp932")
    assert mail(content).front_matter["title"] == "書かない窓口のご案内"


def test_soft_line_ends_are_joined_and_the_signature_is_left_out() -> None:
    body = "The counter was \nmoved to the \nfirst floor.\n\n>> quoted words\n-- \nSomeone, 03-0000"
    found = mail(raw("Content-Type: text/plain; format=flowed", body.encode()))
    assert text_of(found) == "The counter was moved to the first floor.\nquoted words"
    body = "窓口を \n一階へ移した。"
    kind = 'Content-Type: text/plain; charset=utf-8; format="flowed"; delsp="yes"'
    assert text_of(mail(raw(kind, body.encode()))) == "窓口を一階へ移した。"


def test_of_two_renderings_one_is_read() -> None:
    message = made()
    message.add_alternative("<html><body><p>別の書き方</p></body></html>", subtype="html")
    assert "別の書き方" not in text_of(mail(message.as_bytes()))
    empty = made(body=" \n")
    empty.add_alternative(f"<html><body><h1>見直し</h1><p>{BODY}</p></body></html>", subtype="html")
    assert "宍粟市では窓口の書類を減らしました" in text_of(mail(empty.as_bytes()))


# -- what came with it --------------------------------------------------------------------------------


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    message = made()
    main, _, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def test_attachments_are_named_and_read_as_documents_of_their_own(tmp_path: Path) -> None:
    message = made()
    message.add_attachment(
        word(p("香美町のドローン配送") + p("香美町は薬をドローンで届ける。")),
        maintype="application", subtype="octet-stream", filename="配送の報告.docx",
    )  # fmt: skip
    message.add_attachment(
        "養父市は窓口を一つにした。".encode("cp932"),
        maintype="text",
        subtype="plain",
        filename="養父.txt",
    )
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="写真.png")
    path = tmp_path / "a.eml"
    path.write_bytes(message.as_bytes())
    seen = inspect(path)
    assert "添付: 配送の報告.docx、養父.txt、写真.png" in str(seen["pages"])
    found = [(c["title"], c["municipality"]) for c in seen["cases"]]  # type: ignore[attr-defined]
    assert found == [
        ("窓口の見直し", "宍粟市"),
        ("香美町のドローン配送", "香美町"),
        ("養父", "養父市"),
    ]
    assert [w for w in seen["warnings"] if "写真.png" in w]  # type: ignore[attr-defined]


def test_an_attachment_is_cited_by_its_name() -> None:
    drafts, _ = cases(mail(attached("計画.txt", "豊岡市は道路を測る。".encode())))
    assert [d.source_title for d in drafts] == ["メール（2024年5月10日）", "添付「計画.txt」"]


@pytest.mark.parametrize(
    "header",
    [
        "attachment; filename*=UTF-8''%E8%A8%88%E7%94%BB.txt",
        "attachment; filename*0*=UTF-8''%E8%A8; filename*1*=%88%E7%94%BB.txt",
        'attachment; filename="=?UTF-8?B?6KiI55S7LnR4dA==?="',
        'attachment; filename="=?ISO-2022-JP?B?GyRCN1cyaBsoQi50eHQ=?="',
        'attachment; filename="C:\\\\Users\\\\x\\\\計画.txt"',
        'attachment; filename="../../計画.txt"',
    ],
)
def test_names_of_attachments_are_read(header: str) -> None:
    content = raw(f"Content-Type: text/plain\r\nContent-Disposition: {header}", "豊岡市".encode())
    assert "添付: 計画.txt" in text_of(mail(content))


def test_a_forwarded_mail_is_read_with_what_came_with_it() -> None:
    outer = made("転送", "転送します。")
    inner = made()
    inner.add_attachment(
        "豊岡市は測る。".encode(), maintype="text", subtype="plain", filename="測る.txt"
    )
    outer.add_attachment(inner)
    found = mail(outer.as_bytes())
    titles = [
        part.front_matter.get("title") or part.front_matter["default_title"]
        for part in found.attached
    ]
    assert titles == ["窓口の見直し", "測る"]


def test_what_cannot_be_read_is_told_and_costs_nothing_else() -> None:
    found = mail(attached("a.pdf", b"%PDF-1.7 broken"))
    assert "窓口" in text_of(found)
    assert (
        len([w for w in map(render, found.warnings) if "「a.pdf」は読み取っていません" in w]) == 1
    )


# -- what is a mail -----------------------------------------------------------------------------------


def test_mail_is_known_by_its_head_but_a_note_may_quote_one() -> None:
    content = made().as_bytes()
    assert kind_of(Path("a"), content).format.name == "mail"
    assert kind_of(Path("a.md"), content).format.name == "note"
    assert kind_of(Path("a.EML"), b"\xff\xfe").format.name == "mail"
    related = b"From: a\r\nSubject: b\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x--"
    assert kind_of(Path("a.eml"), related).format.name == "mail"
    assert kind_of(Path("a.mht"), related).format.name == "html"


# -- hostile mail -------------------------------------------------------------------------------------


def nested(levels: int) -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\nx"
    for n in range(levels):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n" % (
            n, n, inner, n,
        )  # fmt: skip
    return b"From: a\r\nSubject: b\r\n" + inner


def forwarded(levels: int) -> bytes:
    inner = b"From: a\r\nSubject: deep\r\n\r\nx"
    for _ in range(levels):
        inner = b"From: a\r\nSubject: s\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    return inner


@pytest.mark.parametrize("content", [nested(2_000), nested(300)])
def test_what_is_nested_without_end_is_refused(content: bytes) -> None:
    with pytest.raises(ReadError) as refused:
        mail(content)
    assert refused.value.code in ("too_large", "damaged")


@pytest.mark.parametrize(
    "content",
    [
        nested(50),
        forwarded(30),
        raw("Content-Type: multipart/mixed; boundary=x", b"--x\r\n\r\npart\r\n" * 5_000 + b"--x--"),
        raw("Content-Type: multipart/mixed; boundary=x", b"--x\r\n\r\n never closed"),
        raw("Content-Type: multipart/mixed", b"no boundary"),
        raw("Content-Type: text/plain; charset=" + ";" * 200_000, "豊岡市".encode()),
        raw('Content-Type: text/plain; a="' + '\\"' * 100_000, "豊岡市".encode()),
        raw("Subject: " + "=?" * 100_000, b"x"),
        raw("X: " + "=?utf-8?B?" * 50_000, b"x"),
        raw("Content-Transfer-Encoding: base64", b"!!!not base64!!!\xff" * 10),
        raw("Content-Transfer-Encoding: no-such", "豊岡市".encode()),
        raw("Content-Transfer-Encoding: quoted-printable", b"=ZZ=E8=B1" * 10_000),
        raw("Content-Type: message/rfc822", b""),
        b"Subject: =?utf-8?B?////?=\r\nDate: Fri, 99 Foo 99999 99:99:99 +9999\r\n\r\nx",
        b"Subject: \xff\xfe\r\nDate: \x00\r\n\r\nx",
    ],
)
def test_hostile_mail_is_read_or_refused_in_plain_words(content: bytes) -> None:
    try:
        assert mail(content).pages
    except ReadError as error:
        assert str(error).endswith("。")  # noqa: PT017


def test_thousands_of_parts_are_read_up_to_a_limit_that_is_told() -> None:
    content = raw(
        "Content-Type: multipart/mixed; boundary=x", b"--x\r\n\r\npart\r\n" * 5_000 + b"--x--"
    )
    (warning,) = mail(content).warnings
    assert "500個まで" in render(warning)


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_bytes_are_a_mail_or_refused(head: bytes, tail: bytes) -> None:
    content = (
        b"From: a\r\nContent-Type: multipart/mixed; boundary=x\r\n"
        + head
        + b"\r\n\r\n--x\r\n"
        + tail
    )
    try:
        mail(content)
    except ReadError as error:
        assert str(error)  # noqa: PT017
