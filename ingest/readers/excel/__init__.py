"""Excel workbooks (.xlsx), CSV and tab-separated text."""

from ingest.readers.formats import Format

FORMAT = Format(
    "xlsx",
    (".xlsx", ".xlsm"),
    "ingest.readers.excel.reader:read_xlsx",
    lambda content: content.is_package("xl/") and "xl/workbook.bin" not in content.members,
)

CSV = Format(
    "csv",
    (".csv", ".tsv"),
    "ingest.readers.excel.csv_table:read_csv",
    textual=True,
    poses=(".xls", ".xlsx"),
)
