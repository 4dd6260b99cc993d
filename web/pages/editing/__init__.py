"""What editors do with documents: adding, managing, the trash."""
