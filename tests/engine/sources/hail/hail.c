#include <greet.h>
#include <stdio.h>

#include "extra/words.h"

int main(void) { return printf("%s, %s\n", greet(), WORDS) < 0; }
