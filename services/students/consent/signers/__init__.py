"""The people who may consent or refuse for a child."""
