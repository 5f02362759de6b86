from postroad.spreadsheet.workbook import main

main()
