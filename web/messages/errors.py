"""Sentences of errors."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "error.title": ("表示できません", "This cannot be shown"),
    "error.400": (
        "指定が正しくありません。検索からやり直してください。",
        "The request is not understood. Start again from the search.",
    ),
    "error.host": (
        "このアドレスでは開けません。起動したときに表示されたアドレスから開いてください。",
        "This address is not that of this server. Use the one it told when it started.",
    ),
    "error.403": (
        "この操作は、この画面を開いているブラウザーからだけ行えます。ページを開き直してください。",
        "This can only be done from a page of this server. Reload the page.",
    ),
    "error.404": (
        "ページが見つかりません。アドレスを確かめるか、検索からお探しください。",
        "There is no such page. Check the address or search for it.",
    ),
    "error.405": ("この操作はできません。", "This cannot be done here."),
    "error.413": (
        "一度に送れるのは64MBまでです。何回かに分けて追加するか、資料フォルダに直接置いてください。",
        "At most 64 MB can be sent at once. Add the files in several goes, or put them into the corpus "
        "folder directly.",
    ),
    "error.500": (
        "サーバーで思わぬ問題が起きました。もう一度お試しください。続くときは、管理者に時刻と操作を"
        "伝えてください。",
        "Something unexpected went wrong. Try again; if it happens again, tell the administrator.",
    ),
}
