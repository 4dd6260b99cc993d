"""Sentences of the documents pages."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "documents.title": ("資料", "Documents"),
    "documents.lead": (
        "資料フォルダにあるすべてのファイルと、その取り込み結果です。",
        "Every file of the corpus folder and what became of it.",
    ),
    "documents.indexed": ("取り込み済み", "Read"),
    "documents.problems": ("要対応", "Need attention"),
    "documents.cases": ("事例", "Cases"),
    "documents.checked": ("最終確認", "Last checked"),
    "documents.never": ("まだ確認していません", "Not yet"),
    "documents.running": ("取り込み中", "Reading"),
    "documents.rescan.hint": (
        "読み取れなかった資料も、もう一度読みます。",
        "Documents that could not be read are tried again.",
    ),
    "upload.title": ("資料を追加する", "Add documents"),
    "upload.files": (
        "ファイルを選ぶか、ここに落とす（{kinds}）",
        "Choose files or drop them here ({kinds})",
    ),
    "upload.button": ("追加する", "Add"),
    "upload.template": ("事例ノートのひな型をダウンロード", "Download a template for a note"),
    "documents.rescan": ("いますぐ確認する", "Check now"),
    "documents.rescan.asked": (
        "資料フォルダの確認を始めました。終わるとこの一覧に出ます。",
        "The corpus is being checked. The list will show what it finds.",
    ),
    "documents.problems.title": ("対応が必要な資料", "Documents that need attention"),
    "documents.fine": (
        "すべての資料を読み取れています。対応が必要なものはありません。",
        "Every document was read. Nothing needs attention.",
    ),
    "documents.read.title": ("取り込み済みの資料", "Documents that were read"),
    "documents.empty": (
        "資料がまだありません。資料フォルダ（{corpus}）にPDF・メモを入れて、「いますぐ確認する」を"
        "押してください。",
        "There are no documents yet. Put PDFs or notes into {corpus} and press “Check now”.",
    ),
    "documents.filter": ("資料名で絞り込む", "Filter by name"),
    "documents.filter.none": (
        "「{query}」を含む資料はありません。",
        "No document’s name contains “{query}”.",
    ),
    "documents.sort.path": ("資料名", "Name"),
    "documents.sort.newest": ("新しい順", "Newest"),
    "documents.sort.quality": ("読み取りの悪い順", "Worst read"),
    "documents.sort.cases": ("事例の多い順", "Most cases"),
    "documents.pages": ("{n}ページ", "{n} pages"),
    "documents.ncases": ("{n}事例", "{n} cases"),
    "documents.warnings": ("読み取りの注意", "Cautions"),
    "documents.previous": ("前の100件", "Previous 100"),
    "documents.next": ("次の100件", "Next 100"),
    "document.open": ("ファイルを開く", "Open the file"),
    "document.as_read": ("読み取った文字をすべて見る", "See all that was read"),
    "document.unsure": ("読み取りに注意が要るページ", "Pages to be careful with"),
    "documents.ignored": ("数えないファイル", "Ignored"),
    "documents.ignored.hint": ("（作業用の一時ファイルなど）", "(temporary files and the like)"),
    "document.none": (
        "この資料から事例は見つかりませんでした。",
        "No case was found in this document.",
    ),
    "status.indexed": ("取り込み済み", "Read"),
    "status.unchanged": ("取り込み済み", "Read"),
    "status.skipped": ("対象外", "Skipped"),
    "status.failed": ("読み取れません", "Not read"),
    "status.removed": ("削除済み", "Removed"),
    "quality.ocr": ("画像から文字認識", "read by OCR"),
    "quality.good": ("良好", "well"),
    "quality.fair": ("一部あいまい", "partly unclear"),
    "quality.poor": ("要確認", "poorly"),
}
