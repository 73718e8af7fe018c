"""The machine: cores, memory, graphics processor, platform, network, the studio's folder."""
