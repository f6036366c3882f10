"""One module an area of the pages: translate, ask or do once, translate back."""
