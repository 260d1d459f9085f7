"""How the language model that ships with the package is trained: data in, `monitor/extract/model` out (see
training/README.md)."""
