#include "rolecall/app/command_line.hpp"

int main(int argc, char** argv) { return rolecall::app::run(argc, argv); }
