"""Players of `pmd_gym` environments: policies, the loop that runs them, and its records.

Uses `pmd_gym` by its public names only; nothing in `pmd_gym` knows that this package exists.
"""
