#define WORDS "from a submodule"
