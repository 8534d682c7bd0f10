"""The patients' site: server-rendered pages in a process and at an address of its own."""
