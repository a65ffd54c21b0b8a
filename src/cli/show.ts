/** `lanewise show FILE`: what becomes of a model, stage by stage. */
