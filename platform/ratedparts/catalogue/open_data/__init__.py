"""Everything public in the catalogue as files for anybody: written each night, checked and read back."""
