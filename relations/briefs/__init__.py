"""A brief's words, and how they come out as a web page, a Word document, PDF and Markdown. It knows no desk."""
