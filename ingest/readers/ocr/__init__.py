"""Pages that are pictures, read by one of two engines: RapidOCR, which comes along, or tesseract."""
