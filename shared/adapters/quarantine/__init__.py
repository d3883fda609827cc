"""Foreign bytes in a child process: `children` starts, limits and ends it, `child` is the program it runs."""
