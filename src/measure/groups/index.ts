// Error rates by group, their differences and intervals.
