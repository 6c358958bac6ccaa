"""The buses: one contract (`earshot.seams.Bus`), one test for all of them."""
