"""What several engines use: none of them imports another."""
