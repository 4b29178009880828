"""The bundled city, Daxing District of Beijing."""
