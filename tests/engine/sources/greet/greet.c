#include "greet.h"

// Other bytes at another time, where the builder does not see to it.
const char greet_built[] = __DATE__ " " __TIME__;

const char *greet(void) { return LOUD ? "hello " NAME "!" : "hello " NAME; }
