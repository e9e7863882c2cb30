"""Children to be decided on again, since an agreement, a consent or the clock changed."""
