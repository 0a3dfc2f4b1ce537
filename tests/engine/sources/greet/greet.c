#include "greet.h"

// Makes the bytes depend on the time unless the compiler honours SOURCE_DATE_EPOCH.
const char greet_built[] = __DATE__ " " __TIME__;

const char *greet(void) { return LOUD ? "hello " NAME "!" : "hello " NAME; }
