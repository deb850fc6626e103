"""我的数据: what is kept about a person; a copy, a correction, an end (个人信息保护法 44 to 48)."""
