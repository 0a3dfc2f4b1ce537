SAYS = "puffin"
