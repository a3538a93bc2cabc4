"""The engines on torch, in an environment with requirements-voices.txt: `.ci/torch_voices` makes one."""
