"""The web page that shows a run, and the small server behind it; all it is given is the run's folder."""
