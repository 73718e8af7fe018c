"""ACE-Step on a Space: a companion of the studio at Hugging Face, called through gradio_client."""
