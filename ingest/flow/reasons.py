"""Why a file was not read: reason codes with a sentence for people, each with its remedy."""

from __future__ import annotations

from kb.base.errors import ReadError

_REASONS: dict[str, tuple[str, str]] = {
    "link": (
        "リンクはたどりません。ファイルそのものを資料フォルダに置いてください。",
        "Links are not followed. Put the file itself into the corpus.",
    ),
    "special": (
        "ファイルではありません（名前付きパイプやソケットなど）。資料そのものを置いてください。",
        "This is no file (a pipe or a socket). Put the document itself there.",
    ),
    "sidecar_link": (
        "付属ファイル（.yaml）がリンクなどで、たどりません。公開範囲などを決める大切なものなので、付属ファイル"
        "そのものを資料の横に置いてください。それまで取り込みません。",
        "Its sidecar is a link or no file and is not followed. Put the sidecar itself beside it.",
    ),
    "sidecar_left": (
        "移される前の場所に付属ファイル（.yaml）が残っています。公開範囲などを決める大切なものなので、資料の横に"
        "移してください。それまで取り込みません。",
        "Its sidecar was left where the file lay before. Move it beside the file.",
    ),
    "folder": (
        "フォルダを開く権限がありません。権限を付けるか、中身を移してください。"
        "以前に取り込んだ中身は残しています。",
        "No permission to open this folder. Grant it or move its files; what was indexed stays.",
    ),
    "permission": (
        "ファイルを開く権限がありません。ファイルの読み取り権限を確認してください。",
        "No permission to open this file. Check its permissions.",
    ),
    "vanished": (
        "読み取る前にファイルがなくなりました。必要なら置き直してください。"
        "次の取り込みで自動的に確認します。",
        "The file vanished before it was read. Put it back if it is needed.",
    ),
    "unreadable": (
        "ファイルを読めません。ディスクやネットワークの状態を確認してください。",
        "The file cannot be read. Check the disk or the network.",
    ),
    "changing": (
        "読み取りの途中でファイルが書き換えられました。保存が終わってから、もう一度取り込みます。",
        "The file was changed while it was read. It is read again at the next look.",
    ),
    "internal": (
        "読み取った内容を整理できませんでした。PDFに出力し直すか、この資料の名前とこのメッセージを"
        "管理者に伝えてください。",
        "What was read could not be taken apart. Export the file again or report this message.",
    ),
    "missing": (
        "ファイルがありません。名前と場所を確認してください。",
        "There is no such file. Check its name and folder.",
    ),
    "directory": (
        "フォルダではなく、ファイルを指定してください。",
        "This is a folder. Name a file.",
    ),
    "duplicate": (
        "同じ内容の資料がすでにあります。まとめて1件として扱います。",
        "The same content is there already; both places count as one document.",
    ),
}


def explain(code: str, detail: str = "") -> ReadError:
    """The error for a reason code. ``detail`` names the file where the sentence does not."""
    ja, en = _REASONS[code]
    return ReadError(code, ja, f"{en} ({detail})" if detail else en)
