"""How good the search is: judged queries, figures, significance."""
