// Is run to see whether a host knows some flags.
