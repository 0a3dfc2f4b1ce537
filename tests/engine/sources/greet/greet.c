#include "greet.h"

const char *greet(void) { return LOUD ? "hello " NAME "!" : "hello " NAME; }
