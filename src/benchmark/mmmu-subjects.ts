/**
 * @module
 * The 30 subjects of MMMU (arXiv:2311.16502) and MMMU-Pro, in six disciplines.
 */

const DISCIPLINES: Readonly<Record<string, readonly string[]>> = {
  "Art and Design": ["Art", "Art_Theory", "Design", "Music"],
  Business: ["Accounting", "Economics", "Finance", "Manage", "Marketing"],
  Science: ["Biology", "Chemistry", "Geography", "Math", "Physics"],
  "Health and Medicine": [
    "Basic_Medical_Science",
    "Clinical_Medicine",
    "Diagnostics_and_Laboratory_Medicine",
    "Pharmacy",
    "Public_Health",
  ],
  "Humanities and Social Science": ["History", "Literature", "Sociology", "Psychology"],
  "Tech and Engineering": [
    "Agriculture",
    "Architecture_and_Engineering",
    "Computer_Science",
    "Electronics",
    "Energy_and_Power",
    "Materials",
    "Mechanical_Engineering",
  ],
};

/** The discipline of a subject; undefined for a subject of another name. */
export function disciplineOf(subject: string): string | undefined {
  return Object.keys(DISCIPLINES).find((discipline) => DISCIPLINES[discipline]?.includes(subject));
}
