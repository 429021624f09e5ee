"""What people do with records: add, change, tag, append, log, attach, archive, remove."""
