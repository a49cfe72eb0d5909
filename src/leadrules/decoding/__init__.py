"""What bytes say before they are records: their encoding, what separates their values, the cells of a sheet.

Tables are read with it, and the lists that rule files name.
"""
