// Stands for the default theme's file, so that an edit there does not change every expected plan.
