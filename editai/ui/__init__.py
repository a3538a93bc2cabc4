"""The page and the API: the only rooms, with app.py, that know Gradio.

`server.start` builds the page (`page`, one file per tab) and the endpoints (`api`) and serves both. They submit jobs
and follow their rows; nothing here works on a video itself.
"""
