"""What is drawn: contact sheets, matrices, moving pictures, pages."""
