"""The forms in which files write numbers and times: what stands behind `as` in a rule file.

A form is about texts. What is a number or a moment already, as JSON, Parquet and spreadsheets have
them, needs none.
"""
