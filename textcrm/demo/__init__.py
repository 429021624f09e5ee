"""The demo: the sample vault with a believable history, dated around today."""
